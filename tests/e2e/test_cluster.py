"""The same work on a Dask cluster: same results, and what becomes of it when something breaks."""

import datetime
import json
import re
import subprocess
import sys
import time

import dask
import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from analysis.bundle import FileBundle
from analysis.errors import CountersignalError
from analysis.paths import from_root, project_root
from analysis.report import PRELOAD
from analysis.report.folder import read_manifest
from analysis.workers import cluster
from analysis.workers.cluster import dask_cluster
from analysis.workers.host import ClusterError, ClusterLostError
from analysis.workers.pool import LocalPool
from analysis.workers.work import Work
from tests.e2e import own_cluster
from tests.e2e.conftest import called, sample_rows, write_rows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals end processes here")
SECONDS = 60


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    """A cluster that the tests of this file leave as they found it."""
    with own_cluster.own_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def own_two_workers(tmp_path):
    """A cluster that a test may break."""
    with own_cluster.own_cluster(tmp_path / "cluster") as running:
        yield running


def results_of(address, function, tasks, seconds=SECONDS):
    with dask_cluster(address, print) as connected:
        return dict(connected.results(Work(function, seconds), tasks))


def test_results_are_those_of_this_machine(two_workers):
    tasks = range(20)
    # A process has one fork server: it begins with what the batches of later tests need.
    here = dict(LocalPool(2).results(Work(own_cluster.square, SECONDS, PRELOAD), tasks))
    assert results_of(two_workers.address, own_cluster.square, tasks) == here
    assert here == {number: number * number for number in tasks}


def test_both_workers_take_part(two_workers):
    done = results_of(two_workers.address, own_cluster.where, range(8))
    assert len({process for _, process in done.values()}) == 2


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (own_cluster.hangs_at_three, "not finished within 8 s"),
        (own_cluster.dies_at_three, "ended by the system"),
    ],
)
def test_a_task_that_hangs_or_dies_costs_itself_and_leaves_the_workers_free(
    two_workers, function, said
):
    done = results_of(two_workers.address, function, range(8), seconds=8)
    error = done.pop(3)
    assert isinstance(error, CountersignalError)
    assert said in str(error)
    assert done == {number: number for number in range(8) if number != 3}
    assert results_of(two_workers.address, own_cluster.square, [7]) == {7: 49}


def eventually(condition, seconds=20):
    """Whether something becomes true before long."""

    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.1)
    return condition()


def test_files_that_came_along_are_laid_out_as_in_the_checkout_and_are_gone_afterwards(
    two_workers, tmp_path
):
    private = tmp_path / "office" / "programs.csv"
    private.parent.mkdir()
    private.write_text("the office's own")
    names = ["data/article/factor_importance.csv", str(private)]
    files = FileBundle()
    with dask_cluster(two_workers.address, print) as connected:
        brought = [files.put(name) for name in names]
        assert brought[0] == names[0]
        assert "office" not in brought[1]
        work = Work(own_cluster.tells_its_files, SECONDS)
        done = dict(connected.results(work, brought, files))
    for name, path in zip(names, brought, strict=True):
        content, root = done[path]
        assert content == from_root(name).read_bytes()
        assert root != str(project_root())
        assert root.startswith(str(two_workers.folder))
    assert eventually(lambda: not list(two_workers.folder.glob("countersignal-*")))


def test_a_lost_worker_costs_nothing(own_two_workers):
    """One is lost and comes back by its nanny; then the other is lost with its nanny, for good."""
    first, second = own_two_workers.nannies
    lost = []
    tasks = range(16)
    done = {}
    with dask_cluster(own_two_workers.address, print) as connected:
        for task, result in connected.results(Work(own_cluster.where, SECONDS), tasks):
            done[task] = result
            if len(done) == 2:
                lost = own_cluster.worker_below(first)
                own_cluster.killed(lost[:1])
            if len(done) == 6:
                lost += own_cluster.worker_below(second)
                second.kill()
    assert {task: number for task, (number, _) in done.items()} == {n: n for n in tasks}
    assert lost
    _, alive = psutil.wait_procs(lost, 20)
    assert alive == []  # processes of a lost worker end by themselves


@pytest.mark.soak
def test_a_worker_that_says_nothing_more_costs_nothing(tmp_path):
    ttl = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5s"}
    done = {}
    with (
        own_cluster.own_cluster(tmp_path / "cluster", **ttl) as running,
        dask_cluster(running.address, print) as connected,
    ):
        for task, result in connected.results(Work(own_cluster.where, SECONDS), range(12)):
            done[task] = result
            if len(done) == 4:
                own_cluster.worker_below(running.nannies[0])[0].suspend()
        assert sorted(number for number, _ in done.values()) == list(range(12))


@pytest.mark.soak
def test_a_scheduler_that_goes_away_ends_the_work_with_a_sentence(own_two_workers):
    done = []

    def work_on_without_it():
        with dask_cluster(own_two_workers.address, print) as connected:
            for task, _ in connected.results(Work(own_cluster.where, SECONDS), range(40)):
                done.append(task)
                own_two_workers.scheduler.kill()

    with pytest.raises(ClusterLostError, match="has gone away"):
        work_on_without_it()
    assert 1 <= len(done) < 40


@pytest.mark.soak
def test_a_scheduler_that_answers_no_more_ends_the_work_too(own_two_workers, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 3)

    def work_on_without_an_answer():
        with dask_cluster(own_two_workers.address, print) as connected:
            for _ in connected.results(Work(own_cluster.where, SECONDS), range(40)):
                own_cluster.family(own_two_workers.scheduler)[0].suspend()

    with pytest.raises(ClusterLostError, match="has gone away"):
        work_on_without_an_answer()


def test_a_scheduler_without_a_worker_is_waited_for_and_then_left(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 3)
    with (
        own_cluster.own_cluster(tmp_path / "cluster", workers=0) as running,
        pytest.raises(ClusterLostError, match="has had no worker for 3 s"),
    ):
        results_of(running.address, own_cluster.square, [1])


def test_a_worker_with_other_versions_is_named_and_nothing_of_it_is_believed(
    two_workers, monkeypatch
):
    here = {**cluster.installation(), "numpy": "1.0"}
    monkeypatch.setattr(cluster, "installation", lambda: here)
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:\d+: numpy .* there and 1\.0 here"):
        results_of(two_workers.address, own_cluster.square, [1])


@pytest.fixture
def certificates(tmp_path):
    """A certificate authority of the test's own, and what it has signed, as Dask wants it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=7))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    private = key.private_bytes(
        form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files = {"ca.pem": certificate.public_bytes(form), "key.pem": private}
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
    return str(tmp_path / "ca.pem"), str(tmp_path / "key.pem")


def test_a_cluster_with_certificates_is_used_with_them_and_not_without(
    run, small_class, certificates, tmp_path, monkeypatch
):
    ca, key = certificates
    files = ("--tls-ca-file", ca, "--tls-cert", ca, "--tls-key", key)
    side = {"cert": ca, "key": key}
    with own_cluster.own_cluster(
        tmp_path / "cluster", workers=1, options=files, protocol=("--protocol", "tls")
    ) as running:
        assert running.address.startswith("tls://")
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 3)
        options = ("batch", *small_class.options, "--out", small_class.out)
        for address in (running.address, running.address.replace("tls", "tcp")):
            done = run(*options, "--cluster", address)
            assert (done.code, "Traceback" in done.err) == (2, False)
            assert f"no Dask scheduler can be used at {address}" in done.err
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 20)
        with dask.config.set(
            {"distributed.comm.tls.ca-file": ca, "distributed.comm.tls.client": side}
        ):
            assert results_of(running.address, own_cluster.square, [3]) == {3: 9}


@pytest.fixture(scope="module")
def class_of_three(tmp_path_factory):
    """Options of a class with a name and a password, and what a local batch makes of it."""
    place = tmp_path_factory.mktemp("class")
    ids = {"S001", "S002", "S003"}
    students = [
        {**row, "pdf_password": "oyster-42" if row["student_id"] == "S003" else ""}
        for row in sample_rows("students")
        if row["student_id"] in ids
    ]
    of_these = {name for row in students for name in row["specialty"].split(";")}
    programs = [row for row in sample_rows("programs") if row["specialty"] in of_these]
    options = ["--students", write_rows(place / "students.csv", students)]
    options += ["--programs", write_rows(place / "programs.csv", programs)]
    return options


@pytest.fixture(scope="module")
def local(class_of_three, tmp_path_factory):
    out = tmp_path_factory.mktemp("local") / "out"
    assert called("batch", *class_of_three, "--out", out, "--workers", "2") == 0
    return out


def started(*arguments):
    command = [sys.executable, "-c", "from analysis.cli import main; main()"]
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        cwd=project_root(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def content(out):
    """What was delivered; of a locked report, what is inside the lock."""
    students = read_manifest(out).students
    return {
        name: (entry.content_sha256, entry.pages)
        for name, entry in students.items()
        if entry.outcome == "delivered"
    }


def same_class(out, local):
    """Two folders of a batch hold the same files; of a locked report, the same inside the lock."""
    assert content(out) == content(local)
    assert len(content(out)) == 3
    for name in ("S001.pdf", "S002.pdf", "summary.csv", "assumptions.toml"):
        assert (out / name).read_bytes() == (local / name).read_bytes()
    assert b"/Encrypt" in (out / "S003.pdf").read_bytes()
    assert {path.name for path in out.iterdir()} == {path.name for path in local.iterdir()}


def test_a_class_gets_the_same_bytes_from_one_process_and_from_two(
    run, class_of_three, local, tmp_path
):
    out = tmp_path / "out"
    done = run("batch", *class_of_three, "--out", out, "--workers", "1")
    assert done.code == 0, done.err
    same_class(out, local)


def test_a_class_gets_the_same_bytes_from_a_cluster(
    run, class_of_three, local, two_workers, tmp_path
):
    out = tmp_path / "out"
    done = run("batch", *class_of_three, "--out", out, "--cluster", two_workers.address)
    assert done.code == 0, done.err
    assert "warning" not in done.err
    same_class(out, local)
    for path in two_workers.folder.glob("*.log"):
        said = path.read_text()
        assert not [word for word in ("S001", "oyster-42", "Quillfeather") if word in said]


def test_a_sweep_over_a_class_gives_the_same_bytes_from_a_cluster(run, class_of_three, two_workers):
    command = ["robustness", "class", *class_of_three, "--draws", "20", "--no-cache"]
    command += ["--set", "robustness.variance_sample=32", "--format", "json"]
    here = run(*command, "--workers", "1")
    assert here.code == 0, here.err
    for option in (("--workers", "2"), ("--cluster", two_workers.address)):
        assert run(*command, *option).out == here.out
    assert [row["student_id"] for row in json.loads(here.out)] == ["S001", "S002", "S003"]


def test_a_class_whose_scheduler_went_away_is_completed_with_resume(
    run, class_of_three, local, own_two_workers, tmp_path
):
    out = tmp_path / "out"
    arguments = ["batch", *class_of_three, "--out", out]
    batch = started(*arguments, "--cluster", own_two_workers.address)
    for line in batch.stderr:
        if line.startswith("1/3"):
            own_two_workers.scheduler.kill()
            break
    said = batch.stderr.read()
    assert batch.wait(60) == 1, said
    assert "has gone away" in said
    assert "--resume" in said
    assert "Traceback" not in said
    # Two workers end in either order: whoever was delivered is there already.
    before = {path.stem for path in out.glob("*.pdf")}
    assert 1 <= len(before) < 3
    done = run(*arguments, "--resume")
    assert done.code == 0, done.err
    assert set(re.findall(r"(\S+) was there already", done.err)) == before
    assert content(out) == content(local)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:9", "no Dask scheduler can be used at tcp://127.0.0.1:9"),
        ("tcp://192.0.2.1:9", "warning: tcp://192.0.2.1:9 is not encrypted"),
        ("tls://127.0.0.1:9", "no Dask scheduler can be used at tls://127.0.0.1:9"),
        ("http://127.0.0.1:9", "expected the address of a Dask scheduler"),
        ("nowhere", "expected the address of a Dask scheduler"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_sentence_and_writes_nothing(
    run, small_class, monkeypatch, address, said
):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    options = ("batch", *small_class.options, "--out", small_class.out)
    done = run(*options, "--cluster", address)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not small_class.out.exists()


def test_without_the_extra_one_sentence_says_what_is_missing(run, small_class, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    options = ("batch", *small_class.options, "--out", small_class.out)
    done = run(*options, "--cluster", "127.0.0.1:8786")
    assert done.code == 2
    assert "the optional extra 'cluster'" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not small_class.out.exists()


def test_workers_here_and_a_cluster_exclude_each_other(run, small_class):
    done = run(*small_class.batch, "--cluster", "127.0.0.1:8786")
    assert done.code == 2
    assert "give one of them" in done.err

import asyncio

from analysis.explorer.cases import Steps


def test_without_an_event_loop_steps_run_at_once_and_in_order():
    done = []
    Steps().follow(5, [lambda: done.append(1), lambda: done.append(2)])
    assert done == [1, 2]


def test_a_newer_change_drops_the_steps_of_an_older_one():
    done = []

    async def act():
        steps = Steps()
        steps.follow(0, [lambda: done.append("old 1"), lambda: done.append("old 2")])
        while not done:
            await asyncio.sleep(0)
        steps.follow(0, [lambda: done.append("new")])
        await asyncio.sleep(0.05)

    asyncio.run(act())
    assert done == ["old 1", "new"]


def test_a_step_that_fails_ends_its_row():
    done = []

    async def act():
        asyncio.get_running_loop().set_exception_handler(lambda *_: done.append("told"))

        def fail():
            raise ValueError

        Steps().follow(0, [fail, lambda: done.append("never")])
        await asyncio.sleep(0.05)

    asyncio.run(act())
    assert done == ["told"]

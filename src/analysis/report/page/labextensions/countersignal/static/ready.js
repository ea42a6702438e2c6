// JupyterLab asks which kernel to use, and runs nothing, where cells are run before it knows its
// kernels. Here a command that runs cells waits until the notebook's own kernel is ready. A kernel
// that did not start, as happens where the machine is busy, is started again before a dialog says so.
(() => {
  const patience = 120000;
  const attempts = 3;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const ready = async (app) => {
    const panel = app.shell.currentWidget;
    const session = panel && (panel.sessionContext || (panel.context && panel.context.sessionContext));
    if (!session) return;
    await app.serviceManager.ready;
    await app.serviceManager.kernelspecs.ready;
    // Never initialized from here: JupyterLab does that once it has read which kernel the notebook
    // names, and asks for a kernel where it is done sooner.
    if (!session.isReady) await session.ready;
    const kernel = session.session && session.session.kernel;
    if (kernel) await kernel.info;
  };
  const plugin = {
    id: "countersignal:ready",
    description: "Runs cells when the kernel is ready.",
    autoStart: true,
    activate: (app) => {
      const sessions = app.serviceManager.sessions;
      const start = sessions.startNew.bind(sessions);
      sessions.startNew = async (...given) => {
        for (let attempt = 1; attempt < attempts; attempt += 1) {
          try {
            return await start(...given);
          } catch (error) {
            console.warn("The kernel did not start; trying again.", error);
            await pause(1000 * attempt);
          }
        }
        return start(...given);
      };
      // One thread answers: two controls' messages in two threads could overtake each other.
      const kernels = app.serviceManager.kernels;
      const connect = kernels.connectTo.bind(kernels);
      const commsOverSubshells = "disabled";
      kernels.connectTo = (options) => connect({ ...options, commsOverSubshells });
      Object.defineProperty(kernels, "commsOverSubshells", {
        get: () => commsOverSubshells,
        set: () => undefined, // the setting of JupyterLab would put it back
      });
      const execute = app.commands.execute.bind(app.commands);
      app.commands.execute = (id, args) => {
        if (!/^(notebook:run|runmenu:)/.test(id)) return execute(id, args);
        return Promise.race([ready(app).catch(() => undefined), pause(patience)]).then(() =>
          execute(id, args)
        );
      };
    },
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.countersignal = {
    init: () => undefined,
    get: async () => () => ({ __esModule: true, default: [plugin] }),
  };
})();

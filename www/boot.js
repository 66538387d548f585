// Starts the page, and shows a readable report when it cannot start or has stopped.
//
// It knows nothing of Kafka or Yew. The build writes where things are into the attributes of its
// own script element: data-js and data-wasm (always), data-sw (a published page: the service
// worker) and data-reload (the development server's stream of rebuilds).
//
// The program tells of a panic by an event on `window`:
//   new CustomEvent("brokerscope:panic", { detail: { message, link, scenario } })
// where `link` reproduces the moment and `scenario` (optional) is the text to download.
// An error that escapes WebAssembly without that event is reported too.

const TEXT = {
  en: {
    load: "Brokerscope could not start",
    loadHelp: "The files of this page did not load. Check the connection and reload.",
    panic: "The simulator stopped on an internal error",
    panicHelp: "Your actions are safe. The link below leads back to this moment; please add it to a bug report.",
    link: "Link to this moment",
    download: "Download the scenario",
    copy: "Copy the report",
    copied: "Copied",
    reload: "Reload",
    fresh: "Start fresh (keeps a copy of what was saved)",
  },
  zh: {
    load: "Brokerscope 无法启动",
    loadHelp: "本页的文件未能载入。请检查网络连接后刷新页面。",
    panic: "模拟器因内部错误停止",
    panicHelp: "你的操作已保留。下面的链接可以回到这一时刻；报告问题时请附上它。",
    link: "此刻的链接",
    download: "下载场景文件",
    copy: "复制报告",
    copied: "已复制",
    reload: "刷新页面",
    fresh: "重新开始（保留已存内容的副本）",
  },
};

const place = document.querySelector("script[data-js]").dataset;
let reported = false;

function text() {
  const language = document.documentElement.lang || navigator.language;
  return language.startsWith("zh") ? TEXT.zh : TEXT.en;
}

function element(name, content, parent) {
  const made = document.createElement(name);
  made.textContent = content;
  parent.append(made);
  return made;
}

function button(content, parent, action) {
  const made = element("button", content, parent);
  made.type = "button";
  made.addEventListener("click", action);
}

/** Shows the report in place of the page; only the first failure counts, the rest follow from it. */
function report(kind, { message, link = location.href, scenario }) {
  if (reported) return;
  reported = true;
  const words = text();
  const main = document.createElement("main");
  main.className = "report";
  const region = element("section", "", main);
  region.setAttribute("role", "alert");
  element("h1", words[kind], region);
  element("p", words[`${kind}Help`], region);
  const details = element("pre", message, region);
  details.tabIndex = 0;
  details.lang = "en";
  const anchor = element("a", words.link, element("p", "", region));
  anchor.href = link;
  const actions = element("p", "", region);
  button(words.reload, actions, () => location.reload());
  if (kind === "panic") button(words.fresh, actions, startFresh);
  if (scenario) button(words.download, actions, () => download(scenario));
  button(words.copy, actions, async (event) => {
    await navigator.clipboard.writeText(`${message}\n\n${link}\n${navigator.userAgent}`);
    event.target.textContent = words.copied;
  });
  // An open modal dialog would make the report unreachable.
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const app = document.getElementById("app");
  // A dialog of the stopped page would lie over the report.
  for (const dialog of document.querySelectorAll("dialog")) dialog.remove();
  if (app) app.hidden = true;
  document.body.prepend(main);
}

/** Sets what the page has saved aside under another name and opens an empty page. */
function startFresh() {
  try {
    for (const key of Object.keys(localStorage).filter((key) => key.startsWith("brokerscope"))) {
      localStorage.setItem(`kept.${key}`, localStorage.getItem(key));
      localStorage.removeItem(key);
    }
  } catch (error) {
    console.info(`Nothing saved could be set aside: ${describe(error)}`);
  }
  history.replaceState(null, "", location.pathname);
  location.reload();
}

function download(scenario) {
  const address = URL.createObjectURL(new Blob([scenario], { type: "text/plain" }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = "brokerscope-scenario.txt";
  anchor.click();
  URL.revokeObjectURL(address);
}

function describe(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

window.addEventListener("brokerscope:panic", (event) => report("panic", event.detail));
window.addEventListener("error", (event) => {
  if (event.error instanceof WebAssembly.RuntimeError) report("panic", { message: describe(event.error) });
});
window.addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof WebAssembly.RuntimeError) report("panic", { message: describe(event.reason) });
});

async function start() {
  const program = await import(new URL(place.js, document.baseURI).href);
  await program.default({ module_or_path: new URL(place.wasm, document.baseURI) });
}

/** A published page works offline; a development page must never be served from an old cache. */
async function settleOffline() {
  if (!("serviceWorker" in navigator)) return;
  if (place.sw) {
    await navigator.serviceWorker.register(place.sw);
    return;
  }
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    if (registration.scope === new URL("./", location.href).href) await registration.unregister();
  }
}

function reloadOnRebuild() {
  if (!place.reload) return;
  new EventSource(place.reload).addEventListener("rebuilt", () => location.reload());
}

start().catch((error) => {
  const panicked = error instanceof WebAssembly.RuntimeError;
  report(panicked ? "panic" : "load", { message: describe(error) });
});
settleOffline().catch((error) => console.info(`Offline use is not available: ${describe(error)}`));
reloadOnRebuild();

// The window with the teacher's notes: shows what the presenter view says, and passes keys on.
//
// It knows nothing of Kafka or lessons. The presenter view says one JSON text:
//   { lang, title, clock, step, parts: [[heading, [paragraph, ...]], ...] }
// This window says "hello" when it opens, and the name of each key that a clicker may send.

const KEYS = new Set(["PageDown", "PageUp", "ArrowRight", "ArrowLeft", " ", "n", "N", "p", "P", ".", "b", "B", "h", "H", "v", "V", "o", "O", "a", "A", "c", "C", "d", "D", "w", "W"]);
const channel = new BroadcastChannel("brokerscope-notes");

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function show({ lang, title, clock, step, parts }) {
  document.documentElement.lang = lang;
  document.title = title;
  document.getElementById("title").textContent = title;
  document.getElementById("clock").textContent = clock;
  document.getElementById("step").textContent = step;
  const sections = parts.map(([heading, paragraphs]) => {
    const section = document.createElement("section");
    section.append(element("h2", heading), ...paragraphs.map((text) => element("p", text)));
    return section;
  });
  document.getElementById("parts").replaceChildren(...sections);
}

channel.onmessage = ({ data }) => {
  if (data.startsWith("{")) show(JSON.parse(data));
};
window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS.has(event.key)) return;
  event.preventDefault();
  channel.postMessage(event.key);
});
channel.postMessage("hello");

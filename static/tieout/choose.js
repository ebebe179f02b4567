/* Choosing rows of a list: one box in the heading for all of them, and how many are chosen. */
(() => {
    "use strict";

    const boxes = [...document.querySelectorAll('input[name="document"][form="resync"]')];
    const heading = boxes.length && boxes[0].closest("table").querySelector("thead th");
    const count = document.querySelector("[data-chosen-count]");
    if (!heading || !count) {
        return;
    }

    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", document.querySelector("#resync").dataset.all || "All");
    heading.append(all);

    const show = () => {
        const chosen = boxes.filter((box) => box.checked).length;
        all.checked = chosen === boxes.length;
        all.indeterminate = chosen > 0 && chosen < boxes.length;
        count.textContent = chosen ? count.dataset.words.replace("%(n)s", chosen) : "";
    };
    all.addEventListener("change", () => {
        boxes.forEach((box) => { box.checked = all.checked; });
        show();
    });
    boxes.forEach((box) => box.addEventListener("change", show));
    // A browser that comes back to the page keeps what was chosen
    show();
})();

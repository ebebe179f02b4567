// The theme writes the name of a chosen file into a text field beside it, and fails where a page has none.
(() => {
    "use strict";

    document.addEventListener("change", (event) => {
        const input = event.target;
        if (!(input instanceof HTMLInputElement) || input.type !== "file") {
            return;
        }
        const around = input.parentNode.parentNode.parentNode;
        if (!around || !around.querySelector("input[type=text]")) {
            event.stopPropagation();
        }
    }, true);
})();

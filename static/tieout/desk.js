/* The desk decides by keys, and shows the next record in place of the one before. Without this script each button is a
   form of its own, and the next record a page. */
(() => {
    "use strict";

    const desk = document.querySelector("[data-desk]");
    const said = document.querySelector("[data-desk-said]");
    if (!desk || !said) {
        return;
    }
    const ARROWS = { ArrowRight: "j", ArrowLeft: "k" };
    const TYPED = "input:not([type=hidden]), textarea, select, [contenteditable]";
    let busy = false;

    // What the server answers takes the place of what is shown; a screen reader is told what was done, then the next name
    const show = (text) => {
        const keysWereOpen = desk.querySelector("[data-desk-keys]").open;
        const part = new DOMParser().parseFromString(text, "text/html");
        desk.replaceChildren(...part.body.childNodes);
        desk.querySelector("[data-desk-keys]").open = keysWereOpen;
        said.textContent = [...desk.querySelectorAll("[data-said]")].map((sentence) => sentence.textContent).join(" ");
        desk.dispatchEvent(new CustomEvent("tie:part", { bubbles: true }));
        const title = desk.querySelector("[data-desk-title]");
        const field = desk.querySelector(".tie-error")?.closest(".tie-field")?.querySelector("input");
        (field || title).focus({ preventScroll: Boolean(title) && window.scrollY === 0 });
    };

    const ask = async (address, options) => {
        if (busy) {
            return;
        }
        busy = true;
        desk.setAttribute("aria-busy", "true");
        try {
            const response = await fetch(address, {
                ...options,
                headers: { "X-Tieout-Part": "1" },
                credentials: "same-origin",
            });
            const text = await response.text();
            if (response.redirected || !response.ok || !text.includes("data-desk-title")) {
                window.location.assign(response.redirected ? response.url : window.location.href);
                return;
            }
            show(text);
        } catch {
            const notice = document.createElement("p");
            notice.className = "tie-notice tie-tone-bad";
            notice.textContent = said.textContent = desk.dataset.failed;
            desk.prepend(notice);
        } finally {
            busy = false;
            desk.removeAttribute("aria-busy");
        }
    };

    desk.addEventListener("submit", (event) => {
        event.preventDefault();
        ask(event.target.action, { method: "POST", body: new FormData(event.target, event.submitter) });
    });

    desk.addEventListener("click", (event) => {
        const link = event.target.closest("a[data-key]");
        if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
            event.preventDefault();
            ask(link.href, {});
        }
    });

    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest(TYPED)) {
            return;
        }
        if (event.key === "?") {
            const keys = desk.querySelector("[data-desk-keys]");
            keys.open = !keys.open;
            event.preventDefault();
            return;
        }
        const key = ARROWS[event.key] || event.key;
        const target = /^[1-5cdjksu]$/.test(key) && desk.querySelector(`[data-key="${key}"]`);
        if (target) {
            event.preventDefault();
            target.click();
        }
    });
})();

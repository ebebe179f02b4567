// A form is sent once: a second click while the first is on its way does nothing.
(() => {
    "use strict";

    const WAIT = 10000; // a download leaves the page where it is

    document.addEventListener("submit", (event) => {
        const form = event.target;
        const button = event.submitter;
        const elsewhere = form.target || (button && button.formTarget);
        if (event.defaultPrevented || elsewhere || form.method !== "post") {
            return;
        }
        if (form.dataset.sent) {
            event.preventDefault();
            return;
        }
        form.dataset.sent = "1";
        window.setTimeout(() => { delete form.dataset.sent; }, WAIT);
        if (button) {
            button.setAttribute("aria-busy", "true");
            window.setTimeout(() => button.removeAttribute("aria-busy"), WAIT);
        }
    });

    // The page as the browser kept it, after "back"
    window.addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("form[data-sent]")) {
            delete form.dataset.sent;
        }
    });
})();

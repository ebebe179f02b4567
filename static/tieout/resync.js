/* A Re-sync that moves by itself: asks for the next seconds of work until there are none. Without this script a
   person presses Continue instead. */
(() => {
    "use strict";

    const form = document.querySelector("form[data-advance]");
    const bar = document.querySelector("[data-progress]");
    const words = document.querySelector("[data-progress-words]");
    if (!form || !bar || !words) {
        return;
    }
    const button = form.querySelector("button");
    button.hidden = true;

    // Where nothing moves, somebody else is at work: ask more and more seldom
    let pause = 0;

    const stop = () => {
        words.textContent = form.dataset.failed;
        button.hidden = false;
    };

    const step = async () => {
        let answer;
        try {
            const response = await fetch(form.action, {
                method: "POST",
                body: new FormData(form),
                headers: { Accept: "application/json" },
                credentials: "same-origin",
                redirect: "error",
            });
            if (!response.ok) {
                throw new Error(String(response.status));
            }
            answer = await response.json();
        } catch {
            stop();
            return;
        }
        pause = answer.done > bar.value ? 0 : Math.min(pause + 500, 5000);
        bar.max = answer.total || 1;
        bar.value = answer.done;
        words.textContent = answer.words;
        if (answer.running) {
            window.setTimeout(step, pause);
        } else {
            window.location.reload();
        }
    };

    step();
})();

// A text field that opens a list of QuickBooks' names between it and what follows, so that nothing is covered. Without this script it stays a text field.
"use strict";

(() => {
    const WAIT = 150;
    const PRESS = 1000;
    let pressed = 0;

    // The list is above what follows it. If it closed between press and release, the button would move away from under
    // the pointer, and the click would be lost.
    function afterTheClick(close) {
        if (Date.now() - pressed > PRESS) {
            close();
            return;
        }
        const settle = () => {
            document.removeEventListener("click", settle);
            document.removeEventListener("pointerup", released);
            setTimeout(close);
        };
        const released = () => setTimeout(settle, WAIT); // a press that ends elsewhere is no click
        document.addEventListener("click", settle);
        document.addEventListener("pointerup", released);
    }

    class Picker {
        constructor(box, number) {
            this.box = box;
            this.input = box.querySelector("input");
            this.detail = box.querySelector("[data-picker-detail]");
            this.choices = [];
            this.active = -1;
            this.makeList(`picker-${number}`);
            this.listen();
        }

        makeList(id) {
            this.list = document.createElement("ul");
            this.list.id = id;
            this.list.className = "tie-options";
            this.list.setAttribute("role", "listbox");
            this.list.hidden = true;
            this.status = document.createElement("p");
            this.status.className = "tie-hidden";
            this.status.setAttribute("role", "status");
            this.input.after(this.list, this.status);
            this.input.setAttribute("role", "combobox");
            this.input.setAttribute("aria-autocomplete", "list");
            this.input.setAttribute("aria-expanded", "false");
            this.input.setAttribute("aria-controls", id);
        }

        listen() {
            this.input.addEventListener("input", () => { this.say(""); this.ask(WAIT); });
            this.input.addEventListener("click", () => { if (this.list.hidden) this.ask(0); });
            this.input.addEventListener("keydown", (event) => this.key(event));
            this.input.addEventListener("blur", () => afterTheClick(() => {
                if (document.activeElement !== this.input) this.close();
            }));
            // Before the field loses the focus, or the list would be gone when the click arrives
            this.list.addEventListener("pointerdown", (event) => event.preventDefault());
            this.list.addEventListener("click", (event) => {
                const option = event.target.closest("[role=option]");
                if (option) this.take(Number(option.dataset.position));
            });
        }

        key(event) {
            if (event.key === "ArrowDown" || event.key === "ArrowUp") {
                event.preventDefault();
                if (this.list.hidden) this.ask(0);
                else this.move(event.key === "ArrowDown" ? 1 : -1);
            } else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) {
                event.preventDefault();
                this.take(this.active);
            } else if (event.key === "Escape" && !this.list.hidden) {
                event.preventDefault();
                event.stopPropagation();
                this.close();
            }
        }

        ask(wait) {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.fetch(), wait);
        }

        async fetch() {
            this.asked?.abort();
            this.asked = new AbortController();
            const address = new URL(this.box.dataset.picker, window.location);
            address.searchParams.set("q", this.input.value.trim());
            try {
                const answer = await fetch(address, { signal: this.asked.signal, headers: { Accept: "application/json" } });
                if (!answer.ok) throw new Error(answer.status);
                this.show(await answer.json());
            } catch (error) {
                if (error.name !== "AbortError") this.show({ choices: [], note: this.box.dataset.failed });
            }
        }

        show({ choices, note }) {
            if (document.activeElement !== this.input) return;
            this.choices = choices;
            this.active = -1;
            this.input.removeAttribute("aria-activedescendant");
            this.list.replaceChildren(...choices.map((choice, position) => this.option(choice, position)));
            if (note && (!choices.length || choices.length >= 20)) this.list.append(this.remark(note));
            this.status.textContent = note;
            this.list.hidden = false;
            this.input.setAttribute("aria-expanded", "true");
        }

        option(choice, position) {
            const option = document.createElement("li");
            option.id = `${this.list.id}-${position}`;
            option.dataset.position = position;
            option.className = "tie-option";
            option.setAttribute("role", "option");
            option.setAttribute("aria-selected", "false");
            const name = document.createElement("span");
            name.textContent = choice.value;
            const detail = document.createElement("small");
            detail.textContent = choice.detail;
            option.append(name, detail);
            return option;
        }

        remark(text) {
            const remark = document.createElement("li");
            remark.className = "tie-options-note tie-fine";
            remark.setAttribute("role", "presentation");
            remark.textContent = text;
            return remark;
        }

        move(step) {
            const options = this.list.querySelectorAll("[role=option]");
            if (!options.length) return;
            options[this.active]?.setAttribute("aria-selected", "false");
            this.active = (this.active + step + options.length) % options.length;
            options[this.active].setAttribute("aria-selected", "true");
            options[this.active].scrollIntoView({ block: "nearest" });
            this.input.setAttribute("aria-activedescendant", options[this.active].id);
        }

        take(position) {
            const choice = this.choices[position];
            this.fill(choice.value, choice.detail);
            this.close();
        }

        fill(value, detail) {
            this.input.value = value;
            this.say(detail);
            this.input.dispatchEvent(new Event("change", { bubbles: true }));
        }

        say(detail) {
            this.detail.textContent = detail;
            this.detail.hidden = !detail;
            this.box.querySelector(".tie-remark")?.remove();
        }

        close() {
            clearTimeout(this.timer);
            this.asked?.abort();
            this.list.hidden = true;
            this.active = -1;
            this.input.setAttribute("aria-expanded", "false");
            this.input.removeAttribute("aria-activedescendant");
        }
    }

    // “Did you mean”: the link fills the field it is about, where it would otherwise load the page again to do so
    function fill(event) {
        const offer = event.target.closest("[data-fill]");
        const field = offer && document.getElementById(offer.dataset.fill);
        if (!field) return;
        event.preventDefault();
        const picker = pickers.get(field);
        if (picker) picker.fill(offer.dataset.value, offer.dataset.detail || "");
        else {
            field.value = offer.dataset.value;
            field.dispatchEvent(new Event("change", { bubbles: true }));
        }
        field.focus();
    }

    const pickers = new Map();

    let made = 0;

    function make(within) {
        within.querySelectorAll("[data-picker]").forEach((box) => {
            made += 1;
            const picker = new Picker(box, made);
            pickers.set(picker.input, picker);
        });
    }

    function start() {
        make(document);
        // A part of the page that was put in place of another
        document.addEventListener("tie:part", (event) => make(event.target));
        document.addEventListener("click", fill);
        document.addEventListener("pointerdown", () => { pressed = Date.now(); }, true);
        document.addEventListener("keydown", () => { pressed = 0; }, true);
    }

    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();
})();

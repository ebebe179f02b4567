// Choosing a company in the menu opens it; without this script the button beside it does.
document.querySelectorAll("[data-submit-on-change]").forEach((field) => {
    field.form.querySelector("button").hidden = true;
    let byKeyboard = false;
    // With the arrow keys a person passes by other companies: those open with Enter
    field.addEventListener("keydown", (event) => {
        byKeyboard = event.key !== "Enter";
        if (event.key === "Enter") field.form.requestSubmit();
    });
    field.addEventListener("pointerdown", () => { byKeyboard = false; });
    field.addEventListener("change", () => { if (!byKeyboard) field.form.requestSubmit(); });
});

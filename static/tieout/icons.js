// An icon is drawn by the name of its picture, which nobody wants to hear read out beside the word it decorates.
document.addEventListener("DOMContentLoaded", () => {
  for (const icon of document.querySelectorAll(".material-symbols-outlined:not([aria-hidden])")) {
    icon.setAttribute("aria-hidden", "true");
  }
});

// Shows what is typed in a password field, for as long as the person wants.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const show = button.textContent;
  const set = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hide : show;
    button.setAttribute("aria-pressed", String(shown));
  };
  button.hidden = false;
  button.addEventListener("click", () => set(input.type === "password"));
  // What is sent is a password again: the browser would otherwise remember it as ordinary text.
  input.form?.addEventListener("submit", () => set(false));
}

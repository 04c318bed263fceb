// Passkeys: a form that the browser's own window fills in. What it says goes into the form's hidden field, and the form is sent.
"use strict";
(() => {
  const WHY = {
    NotAllowedError: "It was cancelled, took too long, or no passkey of yours is here. Try again.",
    InvalidStateError: "This passkey is set up already.",
    SecurityError: "Passkeys work under the server's own name only. Open this page by that name, not by its number.",
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const said = form.querySelector("[data-passkey-said]");
    const button = form.querySelector("button[type=submit]");
    const say = (words) => {
      said.textContent = words;
      said.hidden = !words;
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!window.PublicKeyCredential) {
        say("This browser has no passkeys. Use another second factor.");
        return;
      }
      say("");
      button.disabled = true;
      try {
        const asked = JSON.parse(document.getElementById(form.dataset.options).textContent);
        const answer = form.dataset.passkey === "new"
          ? await window.webauthnJSON.create(asked.creation_options)
          : await window.webauthnJSON.get(asked.request_options);
        form.elements.credential.value = JSON.stringify(answer);
        form.submit();
      } catch (error) {
        button.disabled = false;
        say(WHY[error.name] || "The browser could not do it. Try again, or use another second factor.");
      }
    });
  }
})();

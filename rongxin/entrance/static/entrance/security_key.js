// Security keys: hands the platform's question to the browser and the key's answer to the form. Without a key, or without
// this script, the digits of the phone do.
(function () {
  "use strict";

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const questions = {
    get(asked) {
      const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: described(asked.allowCredentials) };
      return navigator.credentials.get({ publicKey });
    },
    create(asked) {
      const publicKey = {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: described(asked.excludeCredentials),
      };
      return navigator.credentials.create({ publicKey });
    },
  };

  function written(credential) {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    const { id, type } = credential;
    return JSON.stringify({ id, type, rawId: text(credential.rawId), response, clientExtensionResults: {} });
  }

  for (const button of document.querySelectorAll("[data-security-key]")) {
    const form = button.form;
    const failed = form.querySelector("[data-key-failed]");
    button.addEventListener("click", async () => {
      button.disabled = true;
      failed.hidden = true;
      try {
        const asked = JSON.parse(document.getElementById("key-options").textContent).publicKey;
        form.elements.second_factor_key.value = written(await questions[button.dataset.securityKey](asked));
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  }
})();

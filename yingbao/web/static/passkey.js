// A form with data-passkey="create" or "get" carries what the device is asked in data-options. Its button asks the
// device; the answer goes into the hidden field and the form is sent. Without this script the form stays hidden.
"use strict";

(function () {
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function ask(form) {
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    let made;
    const response = {};
    if (form.dataset.passkey === "create") {
      options.user.id = bytes(options.user.id);
      options.excludeCredentials = known(options.excludeCredentials);
      made = await navigator.credentials.create({ publicKey: options });
      response.attestationObject = text(made.response.attestationObject);
      response.transports = made.response.getTransports ? made.response.getTransports() : [];
    } else {
      options.allowCredentials = known(options.allowCredentials);
      made = await navigator.credentials.get({ publicKey: options });
      response.authenticatorData = text(made.response.authenticatorData);
      response.signature = text(made.response.signature);
      response.userHandle = made.response.userHandle ? text(made.response.userHandle) : null;
    }
    response.clientDataJSON = text(made.response.clientDataJSON);
    return JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {},
      authenticatorAttachment: made.authenticatorAttachment || null,
    });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const trouble = form.querySelector("[data-trouble]");
    if (!window.PublicKeyCredential || !navigator.credentials) {
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      const answer = form.elements.namedItem("answer");
      if (answer.value) {
        return;
      }
      event.preventDefault();
      trouble.hidden = true;
      ask(form).then(
        (said) => {
          answer.value = said;
          form.submit();
        },
        () => {
          trouble.hidden = false;
        },
      );
    });
  }
})();

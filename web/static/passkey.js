"use strict";
// Asks the browser for a passkey when the button of a form is pressed, and sends
// what it answers with the form. Everything else on our pages works without.
(() => {
	const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
	const text = (buffer) =>
		buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") : undefined;
	const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

	const read = (options) => {
		const asked = { ...options, challenge: bytes(options.challenge) };
		if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
		if (options.excludeCredentials) asked.excludeCredentials = keys(options.excludeCredentials);
		if (options.allowCredentials) asked.allowCredentials = keys(options.allowCredentials);
		return asked;
	};

	const written = (key) => {
		const r = key.response;
		return JSON.stringify({
			id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: key.getClientExtensionResults(),
			authenticatorAttachment: key.authenticatorAttachment || undefined,
			response: {
				clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject), authenticatorData: text(r.authenticatorData),
				signature: text(r.signature), userHandle: text(r.userHandle), transports: r.getTransports ? r.getTransports() : undefined,
			},
		});
	};

	for (const form of document.querySelectorAll("form[data-passkey]")) {
		const problem = form.querySelector("[role=alert]");
		form.addEventListener("submit", async (event) => {
			event.preventDefault();
			problem.hidden = true;
			try {
				const publicKey = read(JSON.parse(form.dataset.options).publicKey);
				const key = await navigator.credentials[form.dataset.passkey]({ publicKey });
				form.elements.answer.value = written(key);
				form.submit();
			} catch {
				problem.hidden = false;
			}
		});
	}
})();

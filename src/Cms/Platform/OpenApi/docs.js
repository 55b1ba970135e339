// What the page at /docs/api does beyond Swagger UI. A file of its own: the page's Content-Security-Policy allows no script within it.
document.addEventListener("DOMContentLoaded", () => {
  const bundle = window.SwaggerUIBundle;
  const withExtras = (config) => {
    const intercept = config.requestInterceptor;
    config.plugins = [...(config.plugins ?? []), optionalKeys];
    config.requestInterceptor = (request) => {
      const sent = intercept ? intercept(request) : request;
      if (new URL(request.url, window.location).pathname === "/v1/events") request.userFetch = listenBriefly;
      return sent;
    };
    return bundle(config);
  };
  window.SwaggerUIBundle = Object.assign(withExtras, bundle);
});

// Where a key is optional, Swagger UI shows a closed padlock though none was given: "no key" counts as given.
const optionalKeys = () => ({
  statePlugins: {
    auth: {
      wrapSelectors: {
        isAuthorized: (original) => (state, securities) => original(securities?.filter((security) => security.size > 0)),
      },
    },
  },
});

// A stream has no end: what comes in the first seconds is the answer that is shown.
async function listenBriefly(url, options) {
  const end = new AbortController();
  setTimeout(() => end.abort(), 3000);
  const answer = await fetch(url, { ...options, signal: end.signal });
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (const reader = answer.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
  return new Response(text, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
}

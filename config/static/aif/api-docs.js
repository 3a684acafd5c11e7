"use strict";
// Swagger UI over the document that this server serves. Nothing is loaded from elsewhere, and no key is kept.
SwaggerUIBundle({
  url: "/api/v1/schema",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});

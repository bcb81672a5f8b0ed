/** Who sends a request, and what they may do: by the hub's own reviews, by OpenID Connect, or by one local token. */
package dev.echelon.api.auth;

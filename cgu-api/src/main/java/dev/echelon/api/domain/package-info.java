/** What cgu-api decides by itself: what may be said, what is a change, who wins between hub and log. Pure. */
package dev.echelon.api.domain;

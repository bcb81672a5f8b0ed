/** How cgu-api is configured: one typed tree. */
package dev.echelon.api.config;

/** What the services that talk to the hub have in common. Nothing here knows what the hub is talked to about. */
package dev.echelon.hubclient;

/** What a newly installed cluster gets: when, and which ClusterGroupUpgrade. Knows no hub and no clock. */
package dev.echelon.api.ztp.domain;

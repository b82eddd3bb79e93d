CREATE TABLE `alert_channels` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`settings` text NOT NULL,
	`sealed` text,
	`version` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_channels_name_unique` ON `alert_channels` (`name`);--> statement-breakpoint
CREATE TABLE `alert_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`alert_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`state` text NOT NULL,
	`tries` integer NOT NULL,
	`next_try_at` integer,
	`answer` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `alert_deliveries_due` ON `alert_deliveries` (`state`,`next_try_at`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_alert` ON `alert_deliveries` (`alert_id`);--> statement-breakpoint
CREATE TABLE `alert_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`enabled` integer NOT NULL,
	`spec` text NOT NULL,
	`version` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_rules_name_unique` ON `alert_rules` (`name`);--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`rule_id` text NOT NULL,
	`rule_name` text NOT NULL,
	`agent_id` text,
	`host_id` text,
	`text` text NOT NULL,
	`details` text NOT NULL,
	`at` integer NOT NULL,
	`seen_at` integer
);
--> statement-breakpoint
CREATE INDEX `alerts_at` ON `alerts` (`at`);--> statement-breakpoint
CREATE INDEX `alerts_rule` ON `alerts` (`rule_id`,`at`);--> statement-breakpoint
CREATE TABLE `ssh_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`name` text NOT NULL,
	`public_key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ssh_keys_publicKey_unique` ON `ssh_keys` (`public_key`);--> statement-breakpoint
CREATE TABLE `sshd_keys` (
	`agent_id` text PRIMARY KEY NOT NULL,
	`host_key` text NOT NULL,
	`host_public` text NOT NULL,
	`client_key` text NOT NULL,
	`client_public` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `terminals` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`agent_name` text NOT NULL,
	`door` text NOT NULL,
	`actor` text NOT NULL,
	`command` text NOT NULL,
	`user` text,
	`recorded` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`end` text,
	`exit_code` integer
);
--> statement-breakpoint
CREATE INDEX `terminals_agent` ON `terminals` (`agent_id`,`started_at`);--> statement-breakpoint
CREATE TABLE `log_segments` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`host_id` text NOT NULL,
	`container_id` text NOT NULL,
	`file` text NOT NULL,
	`first_seq` integer NOT NULL,
	`last_seq` integer NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`lines` integer NOT NULL,
	`bytes` integer NOT NULL,
	`packed_bytes` integer NOT NULL,
	`levels` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `log_segments_agent` ON `log_segments` (`agent_id`,`first_seq`);--> statement-breakpoint
CREATE INDEX `log_segments_time` ON `log_segments` (`last_at`);--> statement-breakpoint
CREATE TABLE `agent_metrics` (
	`agent_id` text NOT NULL,
	`step` integer NOT NULL,
	`at` integer NOT NULL,
	`samples` integer NOT NULL,
	`cpu` real,
	`cpu_max` real,
	`memory` integer,
	`memory_max` integer,
	`memory_limit` integer,
	`net_rx` real,
	`net_tx` real,
	`block_read` real,
	`block_write` real,
	`pids` integer,
	`throttled` real,
	PRIMARY KEY(`agent_id`, `step`, `at`)
);
--> statement-breakpoint
CREATE INDEX `agent_metrics_time` ON `agent_metrics` (`step`,`at`);--> statement-breakpoint
CREATE TABLE `host_metrics` (
	`host_id` text NOT NULL,
	`step` integer NOT NULL,
	`at` integer NOT NULL,
	`samples` integer NOT NULL,
	`cpu` real,
	`memory` integer,
	`memory_total` integer,
	`disk` integer,
	`disk_total` integer,
	`containers` integer,
	`containers_running` integer,
	`images` integer,
	`clock_skew` integer,
	PRIMARY KEY(`host_id`, `step`, `at`)
);
--> statement-breakpoint
CREATE INDEX `host_metrics_time` ON `host_metrics` (`step`,`at`);--> statement-breakpoint
CREATE TABLE `log_counts` (
	`agent_id` text NOT NULL,
	`step` integer NOT NULL,
	`at` integer NOT NULL,
	`lines` integer NOT NULL,
	`warnings` integer NOT NULL,
	`errors` integer NOT NULL,
	PRIMARY KEY(`agent_id`, `step`, `at`)
);
--> statement-breakpoint
CREATE INDEX `log_counts_time` ON `log_counts` (`step`,`at`);--> statement-breakpoint
CREATE INDEX `facts_inside` ON `facts` (`agent_id`,`seq`) WHERE "facts"."kind" = 'inside';
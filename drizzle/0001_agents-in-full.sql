CREATE TABLE `crash_reports` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`container_id` text NOT NULL,
	`at` integer NOT NULL,
	`verdict` text NOT NULL,
	`lines` text NOT NULL,
	`samples` text NOT NULL,
	`changes` text,
	`changes_total` integer DEFAULT 0 NOT NULL,
	`processes` text,
	FOREIGN KEY (`agent_id`) REFERENCES `agents`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `crash_reports_agent` ON `crash_reports` (`agent_id`,`at`);--> statement-breakpoint
ALTER TABLE `agents` ADD `notes` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `agents` ADD `color` text;--> statement-breakpoint
ALTER TABLE `agents` ADD `booted_at` integer;--> statement-breakpoint
ALTER TABLE `agents` ADD `keep_alive_until` integer;--> statement-breakpoint
ALTER TABLE `agents` ADD `adopted` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `operations` ADD `request` text;--> statement-breakpoint
ALTER TABLE `operations` ADD `output` text;
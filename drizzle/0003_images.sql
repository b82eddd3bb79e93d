CREATE TABLE `agent_types` (
	`name` text PRIMARY KEY NOT NULL,
	`recipe` text NOT NULL,
	`version` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `builds` (
	`id` text PRIMARY KEY NOT NULL,
	`operation_id` text,
	`host_id` text NOT NULL,
	`tag` text NOT NULL,
	`image_id` text,
	`state` text NOT NULL,
	`request` text NOT NULL,
	`steps` text NOT NULL,
	`error` text,
	`actor` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `builds_started` ON `builds` (`started_at`);--> statement-breakpoint
CREATE INDEX `builds_image` ON `builds` (`image_id`);--> statement-breakpoint
CREATE TABLE `registries` (
	`address` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`sealed` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`worked_at` integer
);
--> statement-breakpoint
CREATE TABLE `secrets` (
	`name` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`last_used_at` integer
);
--> statement-breakpoint
ALTER TABLE `snapshots` ADD `origin` text DEFAULT 'manual' NOT NULL;--> statement-breakpoint
ALTER TABLE `snapshots` ADD `scan` text DEFAULT '{"state":"none"}' NOT NULL;--> statement-breakpoint
ALTER TABLE `snapshots` ADD `volumes` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `snapshots` ADD `spec` text;--> statement-breakpoint
ALTER TABLE `snapshots` ADD `agent_type` text;
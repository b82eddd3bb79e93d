ALTER TABLE `agents` ADD `snapshot_id` text;--> statement-breakpoint
UPDATE `agents` SET `snapshot_id` = (SELECT `id` FROM `snapshots` WHERE `snapshots`.`agent_id` = `agents`.`id` ORDER BY `created_at` DESC LIMIT 1);

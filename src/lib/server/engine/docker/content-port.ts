import type Docker from 'dockerode';
import type * as port from '../engine.ts';
import * as archives from './archives.ts';
import { BuildDebris } from './build-debris.ts';
import { buildImage } from './builds.ts';
import * as images from './images.ts';
import * as transfers from './transfers.ts';

/** The part of the engine port that is about what is kept: images, and the files of containers. */
export abstract class DockerContentPort {
  protected readonly docker: Docker;
  protected readonly engineVersion: port.EngineVersion;
  readonly #debris: BuildDebris;

  constructor(docker: Docker, engineVersion: port.EngineVersion) {
    this.docker = docker;
    this.engineVersion = engineVersion;
    this.#debris = new BuildDebris(docker);
  }

  inspectImage(reference: string, signal?: AbortSignal): Promise<port.ImageFacts | null> {
    return images.inspectImage(this.docker, reference, signal);
  }

  listImages(options?: { readonly dangling?: boolean }): Promise<port.ImageFacts[]> {
    return images.listImages(this.docker, options);
  }

  pullImage(reference: string, options: port.PullOptions): Promise<void> {
    return transfers.pullImage(this.docker, reference, options);
  }

  pushImage(reference: string, options: port.PushOptions): Promise<void> {
    return transfers.pushImage(this.docker, reference, options);
  }

  checkLogin(login: port.RegistryLogin, signal?: AbortSignal): Promise<void> {
    return transfers.checkLogin(this.docker, login, signal);
  }

  buildImage(options: port.BuildOptions): Promise<{ readonly imageId: string }> {
    return buildImage(this.docker, this.#debris, options);
  }

  tagImage(reference: string, name: string): Promise<void> {
    return images.tagImage(this.docker, reference, name);
  }

  removeImage(reference: string, options: { readonly force: boolean }): Promise<void> {
    return images.removeImage(this.docker, reference, options);
  }

  imageHistory(reference: string, signal?: AbortSignal): Promise<readonly port.HistoryFacts[]> {
    return images.imageHistory(this.docker, reference, signal);
  }

  saveImages(references: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer> {
    return transfers.saveImages(this.docker, references, signal);
  }

  loadImages(tar: AsyncIterable<Buffer>, signal: AbortSignal): Promise<readonly string[]> {
    return transfers.loadImages(this.docker, tar, signal);
  }

  diskUsage(signal?: AbortSignal): Promise<port.DiskUsage> {
    return images.diskUsage(this.docker, this.engineVersion.apiVersion, signal);
  }

  storedBytes(signal?: AbortSignal): Promise<number> {
    return images.storedBytes(this.docker, signal);
  }

  statPath(containerId: string, path: string, signal?: AbortSignal): Promise<port.FileFacts | null> {
    return archives.statPath(this.docker, containerId, path, signal);
  }

  readArchive(containerId: string, path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    return archives.readArchive(this.docker, containerId, path, signal);
  }

  writeArchive(
    containerId: string,
    folder: string,
    tar: Buffer | AsyncIterable<Buffer>,
    signal?: AbortSignal,
  ): Promise<void> {
    return archives.writeArchive(this.docker, containerId, folder, tar, signal);
  }
}

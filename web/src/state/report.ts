// What a student's sessions show, as computed by the server.
import { call } from "../api/client.ts";
import type { StudentReport } from "../api/shapes.ts";
import { Resource } from "./resource.ts";

/** `me` or the id of a student of one's course. */
export function reportOf(id: string): Resource<StudentReport> {
  return new Resource((signal) => call("GET /students/{id}", { path: { id }, signal }));
}

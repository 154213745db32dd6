// What a client written against the API's document looks like. It is compiled, not run: the compiler holds each path,
// parameter, body and answer to the document.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Shop = components["schemas"]["OrganizationDraft"];

export async function example(baseUrl: string, token: string): Promise<string> {
  const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

  const nearby = await api.GET("/v1/directory/nearby", {
    params: { query: { zip: "59801", radius_miles: 50, kind: "school" } },
  });
  if (nearby.error) {
    // Problem details: programs decide by the type, people read the detail.
    return `${nearby.error.type}: ${nearby.error.detail}`;
  }
  const closest = nearby.data.items[0]?.organization.name ?? "no school";

  const looked = await api.GET("/v1/exchange/lookup", {
    params: { query: { metric: "hourly_equivalent", position: "technician_a", state: "MT" } },
  });
  const place = looked.data?.cell.location.name ?? "nowhere";

  const shop: Shop = {
    kind: "shop",
    shop_type: "independent",
    name: "Cedar Auto Repair",
    address: { city: "Missoula", zip: "59801" },
  };
  const made = await api.POST("/v1/organizations", { body: shop });
  return `${closest}, ${place}, ${made.data?.id ?? made.error?.detail ?? ""}`;
}

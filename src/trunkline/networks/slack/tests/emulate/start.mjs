// Starts the emulator of Slack with a world of ours in it, and has it post its events to us, which its command line cannot do.
// Usage: node start.mjs FILE, of {"port": 4000, "events": "http://127.0.0.1:4001/events", "world": {…}}. Prints "ready".
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const { port, events, world } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const dist = dirname(fileURLToPath(import.meta.resolve("emulate")));
const plugin = readdirSync(dist).find(
  (name) => name.startsWith("dist-") && name.endsWith(".js") && readFileSync(join(dist, name), "utf8").includes("var slackPlugin ="),
);
const { slackPlugin, getSlackStore } = await import(pathToFileURL(join(dist, plugin)));

let store, webhooks;
const register = slackPlugin.register;
slackPlugin.register = (app, itsStore, itsWebhooks, ...more) => {
  store = itsStore;
  webhooks = itsWebhooks;
  return register(app, itsStore, itsWebhooks, ...more);
};

const { createEmulator } = await import("emulate");
await createEmulator({ service: "slack", port, seed: { slack: world.config } });

const slack = getSlackStore(store);
for (const each of slack.users.all()) slack.users.delete(each.id);
for (const each of slack.channels.all()) slack.channels.delete(each.id);
for (const user of world.users) {
  slack.users.insert({
    is_admin: false,
    is_bot: false,
    deleted: false,
    presence: "active",
    manual_presence: "auto",
    connection_count: 1,
    email: `${user.name}@example.org`,
    ...user,
    profile: { display_name: user.real_name, real_name: user.real_name, ...user.profile },
  });
}
for (const channel of world.channels) {
  slack.channels.insert({
    is_channel: false,
    is_private: false,
    is_im: false,
    is_mpim: false,
    is_archived: false,
    topic: { value: "", creator: "", last_set: 0 },
    purpose: { value: "", creator: "", last_set: 0 },
    creator: channel.members[0],
    num_members: channel.members.length,
    last_read: {},
    is_open_by_user: Object.fromEntries(channel.members.map((member) => [member, true])),
    ...channel,
  });
}
for (const message of world.messages) {
  slack.messages.insert({ type: "message", reply_count: 0, reply_users: [], reactions: [], ...message });
}
webhooks.register({ url: events, events: ["*"], active: true, owner: "slack", secret: world.config.signing_secret });
process.stdin.on("end", () => process.exit(0)).resume(); // it ends with whoever started it
console.log("ready");

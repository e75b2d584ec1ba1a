/** TOML text of a plan with so many plugins: chains of ten behind each core event, each with a handoff. */
export function planText(plugins) {
  const cores = ['Welcome', 'Wifi', 'ExecutionPlan', 'Terms', 'Login', 'Provision'];
  const handoffs = [];
  const tables = Array.from({ length: plugins }, (_, at) => {
    const chain = Math.floor(at / 10);
    const isLast = at % 10 === 9 || at === plugins - 1;
    const after = at % 10 === 0 ? cores[chain % cores.length] : `Plugin${at - 1}`;
    if (isLast) handoffs.push(`Plugin${at}Completed`);
    return `[[plugins]]
name = "plugin-${at}"
plugin_route = "plugin-${at}"
version = "1.2.3"
plugin_location_type = "local"
plugin_base_path = "./"
plugin_description = { en = "Plugin number ${at}", de = "Plugin Nummer ${at}" }
team_name = "Team ${chain}"
engineering_contact_email = "team-${chain}@firstlight.example"
operation_contact_email = "operations@firstlight.example"
run_async = ${at % 10 === 5}
visible_in_ui = ${at % 2 === 0}
run_after_event_name = "${after}Completed"
completed_event_name = "Plugin${at}Completed"
retries = 3
timeout_seconds = 60
`;
  });
  return `[general]
product_family = "bench"
execution_plan_version = "1.0"
update_from = "local"
update_path_root = "./updates"
revision = 7

${tables.join('\n')}
[handoffs]
handoff_events = ${JSON.stringify(handoffs)}
`;
}

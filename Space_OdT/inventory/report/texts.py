"""Every sentence of the report, in one table, so that another language is one more table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # Page and header
        "language": "en",
        "title": "{organisation} · Webex Calling inventory",
        "eyebrow": "Webex Calling inventory",
        "unnamed": "Unnamed organisation",
        "simulated": "Simulated organisation",
        "simulated_hint": "Synthetic data from the simulator, not a real organisation.",
        "read_only": "Read-only export",
        "meta_when": "Exported",
        "meta_id": "Organisation id",
        "meta_tool": "Exported with",
        "meta_version": "Space_OdT {version}",
        "skip": "Skip to the content",
        "nav": "Sections",
        "nav_overview": "Overview",
        "nav_coverage": "Coverage",
        "nav_charts": "Charts",
        "nav_v1": "V1 artifacts",
        "nav_data": "Tables",
        "theme_to_dark": "Switch to the dark theme",
        "theme_to_light": "Switch to the light theme",
        "footer": "Made by Space_OdT {version}. This page is one file: it loads nothing, sends "
        "nothing, and opens without a network. It may hold personal data: share it as you "
        "would the exports.",
        "footer_status": "Every status record: {csv} and {json}.",
        "unknown": "not read",
        # Coverage classes
        "coverage_read": "Read",
        "coverage_partial": "Read in part",
        "coverage_empty": "Nothing there",
        "coverage_forbidden": "Not permitted",
        "coverage_failed": "Failed",
        "coverage_blocked": "Source not read",
        "coverage_not_entitled": "Not entitled",
        "coverage_no_api": "Not offered by the API",
        "coverage_skipped": "Not in this run",
        "coverage_read_means": "Everything asked for arrived.",
        "coverage_partial_means": "Rows arrived, but some entities could not be read.",
        "coverage_empty_means": "The read succeeded; the organisation has nothing of the kind.",
        "coverage_forbidden_means": "The token lacks a scope or role.",
        "coverage_failed_means": "Nothing arrived because of errors.",
        "coverage_blocked_means": "The list that its ids come from could not be read.",
        "coverage_not_entitled_means": "The organisation or its entities lack the licence for it.",
        "coverage_no_api_means": "Webex has no such read; there is nothing to repair.",
        "coverage_skipped_means": "This run was told not to read it.",
        # Overview
        "overview_heading": "At a glance",
        "ring_label": "Coverage: {answered} of {asked} artifacts answered in full",
        "ring_caption": "answered in full",
        "tile_people": "People",
        "tile_calling": "Calling users",
        "tile_locations": "Locations",
        "tile_numbers": "Phone numbers",
        "tile_workspaces": "Workspaces",
        "tile_licences": "Licences in use",
        "tile_artifacts": "Artifacts with data",
        "tile_calls": "HTTP calls",
        "tile_duration": "Duration",
        "tile_attention": "Needs attention",
        "note_over": "{count} over their limit",
        "note_attention": "{errors} to repair · {warnings} to know",
        "note_attention_none": "nothing failed",
        "note_calling": "{share} of all people",
        "note_calling_part": "{part} with Webex Calling",
        "note_numbers": "{in_use} in use · {free} free · {inactive} inactive",
        "note_licences": "of {bought} · {share}",
        "note_artifacts": "of {total} · {rows} rows",
        "note_calls": "{retries} repeated",
        "note_calls_none": "none repeated",
        "note_rate": "{rate} calls a second",
        # Attention
        "attention_heading": "Needs attention",
        "attention_fine": "Nothing needs attention.",
        "attention_fine_body": "Everything this run asked for was answered.",
        "attention_nothing": "This export holds no status records.",
        "attention_nothing_body": "The run ended before it wrote status.csv, or the file was "
        "moved. Run inventory_run again with the same output folder: it goes on where it "
        "stopped.",
        "attention_scope": "Add the scope {scope}",
        "attention_scopes": "Add {count} scopes",
        "attention_scope_body": "Webex refused reads without it. Ask for a token that has it, then "
        "run inventory_run again.",
        "attention_scopes_body": "Webex refused reads without them. Ask for a token that has "
        "{scopes}, then run inventory_run again.",
        "attention_forbidden": "Not permitted",
        "attention_forbidden_body": "Webex refused {artifacts} without naming a scope. Check that "
        "the token belongs to a full administrator (a read-only administrator may be enough), "
        "then run inventory_run again.",
        "attention_failed": "Failed: {reason}",
        "attention_failed_body": "{artifacts}: nothing arrived. Run inventory_run again; if it "
        "fails the same way, take the tracking ids from status_failures.csv to Webex support.",
        "attention_partial": "Read in part: {reason}",
        "attention_partial_body": "{artifacts}: the rows that could be read are exported; the rest"
        " is listed with its reason in status_failures.csv.",
        "attention_source": "Not complete because their source is not",
        "attention_source_body": "{artifacts}: the list that their ids come from could not be read "
        "completely. Once it can be read, so can they.",
        "reason_http": "HTTP {status}",
        "reason_none": "no answer",
        "and_more": "and {count} more",
        # Coverage section
        "coverage_heading": "Coverage",
        "matrix_heading": "One square per artifact",
        "matrix_hint": "Each square leads to its line in the table below.",
        "coverage_search": "Search artifacts, methods, errors",
        "coverage_all": "All",
        "coverage_shown": "{shown} of {total} artifacts",
        "coverage_no_match": "No artifact matches. Clear the search or choose “All”.",
        "column_artifact": "Artifact",
        "column_status": "Status",
        "column_method": "Method",
        "column_http": "HTTP",
        "column_rows": "Rows",
        "column_calls": "Calls",
        "column_seconds": "Seconds",
        "column_error": "Details",
        "column_files": "Files",
        "details_scope": "Missing scope:",
        "details_served": "Taken from {artifacts}, no calls of its own",
        "details_not_entitled": "{count} without the licence for it",
        "details_not_configured": "{count} not configured",
        "details_older": "Kept from an earlier run: read {when}",
        "details_failures": "Show the failures",
        "details_lines": "{count} status records",
        "details_lines_more": "{count} more in status.csv",
        "family_people": "People",
        "family_workspaces": "Workspaces",
        "family_locations": "Locations and PSTN",
        "family_licences": "Licences",
        "family_groups": "Groups",
        "family_features": "Call features",
        "family_virtual": "Virtual lines and extensions",
        "family_numbers": "Numbers",
        "family_derived": "Derived files",
        "family_other": "Others",
        # Charts
        "charts_heading": "The organisation in charts",
        "charts_table": "Show as a table",
        "charts_empty": "Nothing to draw.",
        "charts_unread": "Not in this export: {artifacts} could not be read or was not asked for.",
        "chart_people": "People by location",
        "chart_people_note": "Where people work, the largest locations first.",
        "chart_calling": "Calling or not",
        "chart_calling_note": "Who and what has Webex Calling.",
        "chart_licences": "Licences used against bought",
        "chart_licences_note": "The full width is what was bought; over-use is marked in red.",
        "chart_numbers": "Phone numbers by state and location",
        "chart_numbers_note": "Active and assigned, active and free, and not yet activated.",
        "chart_workspaces": "Workspaces by kind",
        "chart_workspaces_note": "As Webex classifies them.",
        "chart_calls": "Where the calls went",
        "chart_calls_note": "HTTP calls per artifact.",
        "label_calling": "With Webex Calling",
        "label_not_calling": "Without",
        "label_no_location": "No location",
        "label_others": "{count} others",
        "label_others_licences": "{count} other licences",
        "label_in_use": "In use",
        "label_free": "Free",
        "label_inactive": "Inactive",
        "label_used": "Used",
        "label_over": "Over",
        "label_bought": "Bought",
        "label_total": "Total",
        "label_name": "Name",
        "label_location": "Location",
        "label_people": "People",
        "label_locations": "Locations",
        "label_workspaces": "Workspaces",
        "label_licence": "Licence",
        "label_unlimited": "no limit",
        "caption_used_of": "{used} of {bought}",
        "caption_used": "{used} used",
        "caption_over": "{used} of {bought} · {over} over",
        "kind_notSet": "Not set",
        "kind_focus": "Focus",
        "kind_huddle": "Huddle",
        "kind_meetingRoom": "Meeting room",
        "kind_open": "Open",
        "kind_desk": "Desk",
        "kind_other": "Other",
        # Artifact cards
        "v1_heading": "V1 artifacts",
        "v1_intro": "The {count} reads that V1 adds to the foundation lists: {with_data} have "
        "data, {rows} rows in all.",
        "v1_requirements": "V1 requirements",
        "v1_requirements_sentence": "{met} of {total} met",
        "v1_requirement_met": "met",
        "v1_requirement_missing": "missing",
        "base_heading": "Foundation lists",
        "base_intro": "The lists that every other read starts from.",
        "derived_heading": "Derived files",
        "derived_intro": "Computed from the artifacts above, without a call of their own.",
        "card_rows_one": "row",
        "card_rows": "rows",
        "card_open": "Open table",
        "card_open_label": "Open the table of {artifact}",
        "card_csv_label": "{artifact} as CSV",
        "card_json_label": "{artifact} as JSON",
        "card_no_files": "no file",
        "family_summary": "{answered} of {total} with data",
        # Tables
        "data_heading": "Tables",
        "data_intro": "Up to {limit} rows of each artifact; the CSV has them all.",
        "data_no_script": "Searching and sorting need JavaScript. The complete files:",
        "data_pick": "Artifact",
        "data_filter": "Find an artifact",
        "data_search": "Search these rows and their JSON",
        "data_columns": "Columns",
        "data_all_columns": "Show all",
        "data_default_columns": "Default",
        "data_shown": "{shown} of {total} rows",
        "data_cut": "Only the first {shown} of {total} rows are in this page.",
        "data_cut_link": "Open {file} for all of them",
        "data_empty": "No rows.",
        "data_no_match": "No row matches “{query}”.",
        "data_clear": "Clear the search",
        "data_none": "Nothing was exported for this artifact.",
        "data_raw": "Raw JSON",
        "data_raw_show": "Show the raw JSON of row {row}",
        "data_raw_absent": "Left out of this page to keep it small; it is in the CSV.",
        "data_copy": "Copy",
        "data_copied": "Copied",
        "data_sort": "Sort by {column}",
        "data_groups_base": "Foundation lists",
        "data_groups_v1": "V1 artifacts",
        "data_groups_derived": "Derived files",
        "data_groups_records": "Records of the run",
    }
)


class Texts:
    """Looks up sentences of one language and fills in their values."""

    def __init__(self, table: Mapping[str, str] = ENGLISH) -> None:
        self._table = table

    def __call__(self, key: str, **values: object) -> str:
        """Write one sentence.

        Args:
            key: Name of the sentence in the table.
            values: What its placeholders stand for.

        Returns:
            The sentence, as plain text.
        """
        return self._table[key].format(**values)

    def get(self, key: str, fallback: str) -> str:
        """Write a sentence that may not exist, such as the name of a kind Webex adds tomorrow."""
        return self._table.get(key, fallback)

    def starting_with(self, *beginnings: str) -> dict[str, str]:
        """Collect the raw sentences that the page's script fills in itself."""
        return {key: text for key, text in self._table.items() if key.startswith(beginnings)}

"""V2: existing people become softphones, stage by stage, with approvals and an audit trail."""

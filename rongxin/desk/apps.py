from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "rongxin.desk"
    label = "desk"

    def ready(self) -> None:
        from rongxin.desk import (
            batch_panels,
            claims,
            class_firm,
            declarations,
            evidence,
            incident_panels,
            inquiries,
            remedies,
            rule_drafts,
            servings,
            told,
            trials,
            unwinding,
        )
        from rongxin.desk.case_panels import add_panel, add_panel_to_all, show_as
        from rongxin.governance.rules.workflow import KIND as RULES
        from rongxin.intake.moving import KIND as BATCH
        from rongxin.remedies.declarations.falsehoods import KIND as FALSEHOOD
        from rongxin.remedies.declarations.workflow import KIND as DECLARATION
        from rongxin.remedies.inquiries.workflow import KIND as INQUIRY

        show_as(BATCH, batch_panels.BATCH_LOOKS)
        add_panel(INQUIRY, inquiries.facts)
        add_panel(DECLARATION, declarations.facts)
        add_panel(FALSEHOOD, declarations.falsehood_facts)
        add_panel(RULES, rule_drafts.comparison)
        add_panel(RULES, trials.panel)
        add_panel_to_all(evidence.panel)
        add_panel_to_all(servings.panel)
        add_panel_to_all(told.panel)
        claims.add_to_cases()
        class_firm.add_to_cases()
        remedies.add_to_cases()
        incident_panels.add_to_cases()
        unwinding.add_to_cases()

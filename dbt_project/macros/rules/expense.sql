{#- The checks of an expense line in their order, those of branch offices (R4) before those of companies (R9).
    A duty has a column of int_expense_lines that is true where it fails; a limit cuts down to what is left of it. -#}
{% macro expense_checks() -%}
    {{ return([
        {'fails': 'lacks_receipt', 'clause': "'R4-8.6'", 'version': 'office_version'},
        {'fails': 'lacks_signatures', 'clause': "'R4-5.1'", 'version': 'office_version'},
        {'fails': 'is_refused', 'clause': "'R4-5.2'", 'version': 'office_version'},
        {'fails': 'lacks_trip', 'clause': "'R4-8.3'", 'version': 'office_version'},
        {'fails': 'lacks_request', 'clause': "case when category = 'promotion' then 'R4-8.2p' else 'R4-8.2o' end", 'version': 'office_version'},
        {'limit': 'office_request'},
        {'fails': 'is_sent_late', 'clause': "'R4-8.2t'", 'version': 'office_version'},
        {'limit': 'office'},
        {'fails': 'lacks_company_receipt', 'clause': "'R9-2.3'", 'version': 'company_version'},
        {'fails': 'lacks_general_manager', 'clause': "'R9-6.1'", 'version': 'company_version'},
        {'fails': 'lacks_guests', 'clause': "'R9-2.13'", 'version': 'company_version'},
        {'fails': 'lacks_approvals', 'clause': "'R9-3'", 'version': 'company_version'},
        {'fails': 'lacks_co_traveller', 'clause': "'R9-4.4'", 'version': 'company_version'},
        {'fails': 'lacks_taxi_reason', 'clause': "'R9-7.2'", 'version': 'company_version'},
        {'fails': 'lacks_training_request', 'clause': "'R9-9.3'", 'version': 'company_version'},
        {'limit': 'company'},
    ]) }}
{%- endmacro %}

{#- The place of a limit among the checks. -#}
{% macro expense_limit_no(limit) -%}
    {%- for check in expense_checks() if check.get('limit') == limit %}{{ expense_checks().index(check) + 1 }}{% endfor -%}
{%- endmacro %}

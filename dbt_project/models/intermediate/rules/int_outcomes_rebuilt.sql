{{ config(materialized='view') }}

select *
from {{ ref('int_outcomes') }}
where {{ ledger_rebuilt_where(rebuilt_from()) }}

{{ config(materialized='view') }}

-- a punch is one's own when nobody else is named as having made it (R7-1.1)
select
    cast(employee_id as {{ text_type() }}) as employee_id,
    cast(punched_at as date) as work_date,
    cast(punched_at as timestamp) as punched_at,
    cast(punched_by as {{ text_type() }}) as punched_by,
    cast(punched_by is null or punched_by = employee_id as boolean) as is_own,
    cast(load_id as bigint) as load_id,
    cast(source_row as bigint) as source_row
from {{ ref('stg_punches') }}

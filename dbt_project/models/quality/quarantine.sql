select
    q.quarantine_id,
    q.load_id,
    l.file_name,
    q.feed,
    q.source_row,
    q.column_name,
    q.rule,
    q.value,
    q.reason_zh,
    q.reason_en,
    q.row_text,
    q.resolved_by_load_id is null as is_open,
    q.resolved_by_load_id
from {{ source('ingest', 'quarantine') }} as q
left join {{ source('ingest', 'loads') }} as l
    on l.load_id = q.load_id

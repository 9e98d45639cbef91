select
    clause_id,
    split_part(clause_id, '-', 1) as rule_set,
    label_zh,
    label_en,
    text_zh,
    text_en,
    origin,
    note_zh,
    note_en
from {{ source('rules', 'clauses') }}

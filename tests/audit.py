"""``make check``: known weaknesses of the pinned packages, by pip-audit.

    python -m tests.audit PIP_AUDIT LOCK …

Prints what is known to be weak, what was audited, and by name what could not be. Exit code 0: all was audited and nothing
is known; 1: something is weak; 2: something could not be audited, which is never a pass.
"""

from __future__ import annotations

import json
import subprocess
import sys


def main(pip_audit: str, *locks: str) -> int:
    found = subprocess.run(
        [pip_audit, "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        + [part for lock in locks for part in ("-r", lock)],
        capture_output=True,
        text=True,
    )
    try:
        packages = json.loads(found.stdout)["dependencies"]
    except ValueError:
        print(f"pip-audit told nothing: {found.stderr.strip()[-2000:]}")
        return 2
    return report(packages)


def report(packages: list[dict]) -> int:
    """Print and judge pip-audit's answer: a dict a package, with ``vulns``, or ``skip_reason`` where it was not audited."""
    skipped = sorted(p["name"] for p in packages if "skip_reason" in p)
    weak = [(p["name"], p["version"], v) for p in packages for v in p.get("vulns", [])]
    for name, version, weakness in weak:
        print(
            f"WEAK {name} {version}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'no version'}"
        )
    if skipped:
        print(f"NOT AUDITED, {len(skipped)}: {', '.join(skipped)}")
    print(f"audited {len(packages) - len(skipped)} of {len(packages)}; {len(weak)} known weaknesses")
    return 1 if weak else 2 if skipped else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Run by FlowKit's own Python: the counts that FlowKit gives for a gates.xml, as JSON.

It is asked with a JSON file: `gates`, the document, and `files`, the path of each FCS file.
"""

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    import flowkit

    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    strategy = flowkit.parse_gating_xml(asked["gates"])
    counts = {}
    for fcs, path in asked["files"].items():
        report = strategy.gate_sample(flowkit.Sample(path, sample_id=fcs)).report
        gates = zip(report["gate_name"], report["count"], strict=True)
        counts[fcs] = {str(name): int(count) for name, count in gates}
    sys.stdout.write(json.dumps(counts))

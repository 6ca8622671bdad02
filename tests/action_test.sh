#!/usr/bin/env bash
# The steps of action.yml, run as GitHub's runner does: inputs by the environment, bash -eo pipefail, files for outputs. A docker that builds
# nothing and runs the program as it was built takes the image's place.
#   action_test.sh OCTET
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")
python3 -c "import yaml" 2>/dev/null || skip "THE ACTION'S STEPS WERE NOT RUN, since python3 has no yaml (apt-get install python3-yaml)"

mkdir -p "$work/bin" "$work/temp" "$work/workspace"
cat >"$work/bin/docker" <<DOCKER
#!/usr/bin/env bash
set -euo pipefail
if [ "\$1" = build ]; then
  [ -f "\${!#}/Dockerfile" ] || { echo "there is no Dockerfile in \${!#}" >&2; exit 1; }
  exit 0
fi
while [ "\$1" != octet-action ]; do shift; done
exec "$octet" "\${@:2}"
DOCKER
chmod +x "$work/bin/docker"

# act INPUT=VALUE...: runs each step with a command, until one fails; $status is its status and $work/outputs what it set. The upload is not
# run; $work/uploaded has the patterns of its files.
act() {
  rm -rf "$work/steps" "$work/workspace/octet-out"
  : >"$work/outputs"
  python3 - "$root/action.yml" "$work/steps" "$@" <<'PYTHON'
import json
import re
import sys
from pathlib import Path

import yaml

action = yaml.safe_load(Path(sys.argv[1]).read_text())
steps = Path(sys.argv[2])
given = dict(word.split("=", 1) for word in sys.argv[3:])
inputs = {name: given.pop(name, what.get("default")) for name, what in action["inputs"].items()}
assert not given, f"not declared: {given}"
missing = [name for name, value in inputs.items() if value is None]
assert not missing, f"required: {missing}"
values = {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(Path(sys.argv[1]).parent)}


def filled(text):
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda match: values[match[1]], text)


steps.mkdir()
for number, step in enumerate(action["runs"]["steps"]):
    if "run" in step:
        assert "${{" not in step["run"], "an input would be read as a command"
        (steps / f"{number}.sh").write_text(step["run"])
        (steps / f"{number}.json").write_text(json.dumps({name: filled(value) for name, value in step.get("env", {}).items()}))
    else:
        (steps / "uploaded").write_text(filled(step["with"]["path"]))
PYTHON
  status=0
  for step in "$work/steps/"*.sh; do
    python3 - "$step" "$work/workspace" <<'PYTHON' >"$work/stdout" 2>"$work/stderr" || { status=$?; break; }
import json
import os
import subprocess
import sys
from pathlib import Path

step, workspace = Path(sys.argv[1]), sys.argv[2]
command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", step]
sys.exit(subprocess.run(command, cwd=workspace, env=os.environ | json.loads(step.with_suffix(".json").read_text())).returncode)
PYTHON
  done
}
export PATH=$work/bin:$PATH RUNNER_TEMP=$work/temp GITHUB_OUTPUT=$work/outputs

# uploaded FILE: one of the patterns of the upload matches the file, which is there.
uploaded() {
  [ -s "$work/workspace/$1" ] || fail "there is no $1"
  (cd "$work/workspace" && shopt -s globstar nullglob && while read -r pattern; do printf '%s\n' $pattern; done <"$work/steps/uploaded") |
    grep -qxF -e "$1" || fail "$1 is not uploaded by $(cat "$work/steps/uploaded")"
}

# kept TEXT: result, report and test cases are there and go where they are kept, and the test cases have TEXT in them.
kept() {
  grep -q '^result={"report":"octet-out/report.html",' "$work/outputs" || fail "the result is $(head -c 300 "$work/outputs")"
  uploaded octet-out/report.html
  uploaded octet-out/junit.xml
  grep -q -e "$1" "$work/workspace/octet-out/junit.xml" || fail "JUnit: $(cat "$work/workspace/octet-out/junit.xml")"
}

cp -r "$demo/coco" "$work/workspace/my data"
small=(model="$cfg" data="my data" options="--limit 4 --seconds 0.2")

act "${small[@]}" require=min-fidelity=1
[ "$status" -eq 0 ] || fail "status $status: $(cat "$work/stderr")"
kept 'tests="1" failures="0"'

# What is not met fails the step after report, result and test cases are written.
act "${small[@]}" require=min-fidelity=101
[ "$status" -eq 4 ] || fail "status $status, not 4, of a requirement that is not met: $(cat "$work/stderr")"
kept '<failure type="requirement" message="min-fidelity: '

# Text in an input stays text, and what cannot begin says so.
act "${small[@]}" model='$(touch touched).onnx' require=min-fidelity=1
[ "$status" -eq 3 ] || fail "status $status, not 3, of a model that is not there"
grep -qF 'error: $(touch touched).onnx' "$work/stderr" || fail "the model is not named: $(cat "$work/stderr")"
[ ! -e "$work/workspace/touched" ] || fail "an input was run"

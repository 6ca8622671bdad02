"""A notebook as a page of the documentation site."""
import base64
import json


def shown(output, name, folder):
    """An output of a notebook as it stands on its page; `name` is that of its own file, should it need one."""
    data = output.get("data", {})
    if "image/jpeg" in data:
        (folder / f"{name}.jpg").write_bytes(base64.b64decode("".join(data["image/jpeg"])))
        return f"![What the cell shows]({name}.jpg)\n"
    if "text/html" in data:
        (folder / f"{name}.html").write_text("<!DOCTYPE html>\n<meta charset=\"utf-8\"><title>Output</title>\n" + "".join(data["text/html"]))
        return f'<iframe src="../{name}.html" title="What the cell shows" style="width:100%;height:500px;border:0"></iframe>\n'
    return "```text\n" + "".join(data.get("text/plain", output.get("text", []))).rstrip() + "\n```\n"


def notebook_page(file, folder):
    """A notebook with its outputs as Markdown."""
    parts = []
    for number, cell in enumerate(json.loads(file.read_text())["cells"]):
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        parts += [shown(output, f"{file.stem}-{number}-{place}", folder) for place, output in enumerate(cell.get("outputs", []))]
    return "\n\n".join(parts) + "\n"

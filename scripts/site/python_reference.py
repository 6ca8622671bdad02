"""The reference of the Python package as a page of the documentation site, out of its docstrings."""
import ast
import inspect
import re


def signature(function, prefix=""):
    """A function as one writes its call."""
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    is_property = any(ast.unparse(one) == "property" for one in function.decorator_list)
    text = function.name + ("" if is_property else f"({ast.unparse(function.args)})") + returns
    return "```python\n" + prefix + re.sub(r"\(self(?:, )?", "(", text) + "\n```\n"


def docstring(node):
    text = ast.get_docstring(node)
    return f"```text\n{text}\n```\n" if text else ""


def described(node, lines, module):
    """A function or class of a module of the package: its fields with their comments, and its public methods."""
    name = f"{module}.{node.name}"
    if isinstance(node, ast.FunctionDef):
        return f"## {name}\n{signature(node, f'{module}.')}{docstring(node)}\n"
    text = f"## {name}\n{docstring(node)}"
    fields = [line for one in node.body if isinstance(one, ast.AnnAssign) for line in lines[one.lineno - 1:one.end_lineno]]
    if fields:
        text += "```python\n" + inspect.cleandoc("\n" + "\n".join(fields)) + "\n```\n"
    for method in node.body:
        is_overload = any(ast.unparse(one) == "overload" for one in getattr(method, "decorator_list", []))
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") and not is_overload:
            text += f"### {node.name}.{method.name}\n{signature(method)}{docstring(method)}"
    return text + "\n"


def python_reference(package):
    """What a package offers: the names that its modules say are public, where they are defined in Python."""
    definitions = {}
    for file in package.glob("*.py"):
        text = file.read_text()
        for node in ast.parse(text).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                definitions[node.name] = (node, text.splitlines())

    def offered(file):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                return ast.literal_eval(node.value)
        return []

    page = f"# Python\n\n```text\n{ast.get_docstring(ast.parse((package / '__init__.py').read_text()))}\n```\n\n"
    for module, file in [("octet", package / "__init__.py"), ("octet.exports", package / "exports.py")]:
        page += "".join(described(*definitions[name], module) for name in offered(file) if name in definitions)
    return page

def generaciones(persona):
    mayor = 0
    for hijo in persona["hijos"]:
        mayor = max(mayor, generaciones(hijo))
    return mayor + 1


def nombres(persona):
    todos = set()
    for hijo in persona["hijos"]:
        todos.add(hijo["nombre"])
        todos.update(nombres(hijo))
    return todos


def descendientes(persona):
    return len(nombres(persona))

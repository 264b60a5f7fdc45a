def personas_por_nivel(persona):
    cantidades = []
    nivel = [persona]
    while nivel:
        cantidades.append(len(nivel))
        siguiente = []
        for alguien in nivel:
            siguiente += alguien["hijos"]
        nivel = siguiente
    return cantidades


def generaciones(persona):
    return len(personas_por_nivel(persona))


def descendientes(persona):
    return sum(personas_por_nivel(persona)[1:])

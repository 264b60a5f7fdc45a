CICLO = ["verde"] * 40 + ["amarillo"] * 5 + ["rojo"] * 25


def color(segundo):
    return CICLO[segundo % len(CICLO)]

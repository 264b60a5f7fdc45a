def buscar(gesto, glosario):
    return glosario.get(gesto.lower(), f"[{gesto}]")


def traducir(frase, glosario):
    gestos = frase.split()
    texto = ""
    for gesto in gestos:
        palabra = buscar(gesto, glosario)
        if texto and palabra:
            texto += " "
        texto += palabra
    conocidos = [gesto for gesto in gestos if gesto.lower() in glosario]
    return texto, len(gestos) - len(conocidos)

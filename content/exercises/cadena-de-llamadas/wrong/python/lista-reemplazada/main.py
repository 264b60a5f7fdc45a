def cadena(llamadas):
    personas = {}
    for llama, recibe in llamadas:
        personas[llama] = []
        if recibe not in personas:
            personas[recibe] = []
        if recibe != llama:
            personas[llama].append(recibe)
    return personas


def sin_llamada(llamadas):
    quedan = set(cadena(llamadas))
    for llama, recibe in llamadas:
        if llama != recibe:
            quedan.discard(recibe)
    return sorted(quedan)

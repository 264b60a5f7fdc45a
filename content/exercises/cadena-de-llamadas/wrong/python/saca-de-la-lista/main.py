def cadena(llamadas):
    personas = {}
    while llamadas:
        llama, recibe = llamadas.pop(0)
        personas.setdefault(llama, [])
        personas.setdefault(recibe, [])
        if recibe != llama and recibe not in personas[llama]:
            personas[llama].append(recibe)
    return personas


def sin_llamada(llamadas):
    quedan = set()
    avisadas = set()
    for llama, recibe in llamadas:
        quedan.update([llama, recibe])
        if llama != recibe:
            avisadas.add(recibe)
    return sorted(quedan - avisadas)
